package slackapi

// Class is what a code in Slack's answer means for what comes next.
type Class int

// Classes of codes.
const (
	Unknown      Class = iota // not in the documentation: taken for passing for a while, then for barring
	passing                   // nothing was done; the same call may work later
	maybeDone                 // the same, but some of it may have been done
	Malformed                 // Slack does not take the blocks, the metadata or the text of this message
	Missing                   // the message, thread or run is no longer there, or can no longer be changed
	tokenRefused              // the token is not accepted, or lacks something; somebody can mend that
	barring                   // Slack will say no again
)

// ClassOf sorts the codes that Slack documents for the methods that linqbot calls. No code means different things
// for two of them, so the method does not matter; codes_test.go has the lists by method.
// Source: https://docs.slack.dev/reference/methods
func ClassOf(code string) Class {
	switch code {
	case "ratelimited", "rate_limited", "message_limit_exceeded",
		"accesslimited", "ekm_access_denied", "external_channel_migrating", "org_login_required", "team_added_to_org",
		"update_failed", "file_update_failed", "streaming_state_conflict", "list_record_comment_fetch_failed":
		return passing
	case "fatal_error", "internal_error", "request_timeout", "service_unavailable":
		return maybeDone
	case "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "block_mismatch",
		"invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "metadata_must_be_sent_from_app",
		"invalid_arguments", "invalid_attachments", "too_many_attachments", "attachment_payload_limit_exceeded",
		"markdown_text_conflict", "msg_too_long", "no_text", "too_many_contact_cards",
		"slack_connect_canvas_sharing_blocked", "slack_connect_file_link_sharing_blocked", "slack_connect_lists_sharing_blocked":
		return Malformed
	case NoMessage, "cant_update_message", "edit_window_closed", "is_inactive", "thread_not_found", "cannot_reply_to_message",
		"execution_not_in_running_state", "function_execution_not_in_running_state", "function_execution_not_found":
		return Missing
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
		"not_allowed_token_type", "team_access_not_granted", "two_factor_setup_required":
		return tokenRefused
	}
	if isBarring(code) {
		return barring
	}
	return Unknown
}

func isBarring(code string) bool {
	switch code {
	case "access_denied", "deprecated_endpoint", "enterprise_is_restricted", "method_deprecated", "no_permission", "unknown_method":
		// of the app, with any method
	case "channel_not_found", "channel_is_limited_access", "is_archived", "not_in_channel", "messages_tab_disabled", "team_not_found",
		"invalid_channel", "restricted_action", "restricted_action_non_threadable_channel", "restricted_action_read_only_channel",
		"restricted_action_thread_locked", "restricted_action_thread_only_channel", "method_not_supported_for_channel_type",
		"user_not_in_channel", "cant_delete_message", "cant_broadcast_message", "no_dual_broadcast_content_update":
		// of the place
	case "user_disabled", "user_not_found", "user_not_visible", "users_not_found", "invalid_user_combination", "not_enough_users",
		"too_many_users", "users_list_not_supplied", "no_such_subteam", "plan_upgrade_required":
		// of people
	case "file_type_not_allowed", "file_upload_size_restricted", "file_uploads_disabled", "file_uploads_except_images_disabled",
		"storage_limit_reached":
		// of a file
	case "duplicate_external_id", "exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id", "view_too_large",
		"hash_conflict", "not_found", "missing_profile_id", "not_enabled", "not_implemented":
		// of a view
	case "invalid_arg_name", "invalid_array_arg", "invalid_charset", "invalid_form_data", "invalid_post_type", "missing_post_type",
		"missing_argument", "invalid_cursor", "invalid_ts_latest", "invalid_ts_oldest", "invalid_metadata_filter_keys", "invalid_team",
		"parameter_validation_failed", "as_user_not_supported",
		"draft_already_deleted", "draft_already_sent", "draft_has_conflict", "draft_not_found", "duplicate_channel_not_found",
		"duplicate_message_not_found", "missing_file_data", "blocked_file_type", "file_deleted", "file_is_deleted", "file_not_found",
		"file_share_limit_reached", "max_file_sharing_exceeded", "posting_to_channel_denied", "unable_to_share_files",
		"alt_txt_too_large", "channels_limit_exceeded", "snippet_too_large", "unknown_snippet_type", "unknown_subtype",
		"slack_connect_blocked_file_type", "slack_connect_clip_sharing_blocked", "slack_connect_file_upload_sharing_blocked":
		// for calls that linqbot never makes
	default:
		return false
	}
	return true
}
