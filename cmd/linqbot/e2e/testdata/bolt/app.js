// The least that an app on Bolt for JavaScript does with a slash command: check the signature, and
// acknowledge. linqbot's speed is compared with it. Nothing is stored, and Slack is not called.
const { App, HTTPReceiver } = require("@slack/bolt");

const receiver = new HTTPReceiver({
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  endpoints: ["/slack/commands"],
});
const app = new App({
  receiver,
  authorize: async () => ({ botToken: "xoxb-0", botId: "B0", botUserId: "U0" }),
});
app.command("/linq-remove", async ({ ack }) => {
  await ack();
});

const [host, port] = process.env.LISTEN_ADDR.split(":");
app.start({ host, port: Number(port) });
