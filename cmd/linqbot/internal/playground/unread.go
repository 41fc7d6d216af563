package playground

import "linqbot/bot/slacktest"

// visible returns what somebody can see in a channel, in no order.
func (w *world) visible(channelID, userID string) []slacktest.Message {
	return append(w.Slack.Messages(channelID), w.Slack.Ephemerals(channelID, userID)...)
}

// look notes that what is in the open channel has been seen.
func (w *world) look(p place) {
	if w.Slack == nil {
		return
	}
	newest := ""
	for _, m := range w.visible(p.In, p.As) {
		newest = max(newest, m.TS)
	}
	w.mu.Lock()
	known := w.seen[p.As+" "+p.In] >= newest
	w.mu.Unlock()
	if !known {
		w.change(func() { w.seen[p.As+" "+p.In] = newest })
	}
}

// Unread counts what others have said in a channel since the person saw it last.
func (v page) Unread(channelID string) int {
	v.World.mu.Lock()
	last := v.World.seen[v.Place.As+" "+channelID]
	v.World.mu.Unlock()
	n := 0
	for _, m := range v.World.visible(channelID, v.Place.As) {
		if m.TS > last && m.Author != v.Place.As && channelID != v.Place.In {
			n++
		}
	}
	return n
}
