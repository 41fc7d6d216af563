package slackmarkup

// emojiOf returns the character for a short code, "" for one that is not known here and stays as it is written.
func emojiOf(name string) string {
	switch name {
	case "white_check_mark":
		return "✅"
	case "heavy_check_mark":
		return "✔️"
	case "x":
		return "❌"
	case "no_entry":
		return "⛔"
	case "no_entry_sign":
		return "🚫"
	case "warning":
		return "⚠️"
	case "hourglass":
		return "⌛"
	case "hourglass_flowing_sand":
		return "⏳"
	case "rotating_light":
		return "🚨"
	case "information_source":
		return "ℹ️"
	case "bulb":
		return "💡"
	case "lock":
		return "🔒"
	case "mag":
		return "🔍"
	case "eyes":
		return "👀"
	case "+1", "thumbsup":
		return "👍"
	case "-1", "thumbsdown":
		return "👎"
	case "wave":
		return "👋"
	case "tada":
		return "🎉"
	case "slightly_smiling_face":
		return "🙂"
	case "arrow_right":
		return "➡️"
	case "black_square_for_stop", "double_vertical_bar":
		return "⏸️"
	}
	return ""
}
