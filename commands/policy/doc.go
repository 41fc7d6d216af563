// Package policy says who may act, and where. [Policy] decides, [GroupCache] remembers who is in a user
// group, and [Gate] stands at every entrance: it records, counts, logs and answers a denial. It knows
// members and channels by their ids alone, and nothing of what is asked for. Begin with [Policy.Decide].
package policy
