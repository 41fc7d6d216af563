// Package rails has what nobody may do, however much the policy allows: remove somebody who is protected, ask for
// more removals than the limits allow, or have anybody removed while removals are paused. It decides who is
// protected, and has the words for all three. The limits are counted in the ledger, which also keeps the switch.
// Begin with [Rails].
package rails
