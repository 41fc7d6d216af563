package playground

import (
	"context"
	"errors"
)

// driveBot kills, starts, freezes or thaws the bot.
func driveBot(ctx context.Context, a act) (done, error) {
	switch a.form.Get("do") {
	case "kill":
		return done{Notice: "linqbot was killed with kill -9."}, a.Bot.Kill()
	case "start":
		return done{Notice: "linqbot runs again."}, a.Bot.Start(ctx)
	case "freeze":
		return done{Notice: "linqbot is frozen: it is there, and does nothing."}, a.Bot.Freeze()
	case "thaw":
		return done{Notice: "linqbot goes on."}, a.Bot.Thaw()
	}
	return done{}, errors.New("linqbot can be killed, started, frozen and thawed")
}

func switchTrouble(_ context.Context, a act) (done, error) {
	a.setTrouble(a.form.Get("name"), a.form.Get("on") == "true")
	return done{}, nil
}

// changeSetting starts the bot again with another setting.
func changeSetting(ctx context.Context, a act) (done, error) {
	name, value := a.form.Get("name"), a.form.Get("on")
	known := false
	a.change(func() {
		if _, known = a.settings[name]; known {
			a.settings[name] = value
		}
	})
	if !known || value != "true" && value != "false" {
		return done{}, errors.New("there is no such setting")
	}
	a.Bot.Set(name, value)
	if err := a.Bot.Kill(); err != nil {
		return done{}, err
	}
	return done{Notice: "linqbot was started again with " + name + "=" + value + "."}, a.Bot.Start(ctx)
}

// leave lets a person leave a chat by themselves, on their phone.
func leave(_ context.Context, a act) (done, error) {
	if a.Linq == nil || !a.Linq.LeaveByThemselves(a.form.Get("chat"), a.form.Get("handle")) {
		return done{}, errors.New("they are not in this chat")
	}
	return done{}, nil
}

// reset puts everybody back into the chats.
func reset(_ context.Context, a act) (done, error) {
	if a.Linq == nil {
		return done{}, errors.New("the chats are real")
	}
	for _, c := range chats() {
		a.Linq.AddChat(c)
	}
	return done{Notice: "Everybody is back in the chats."}, nil
}
