// A list and two bodies in, a message for each reader over nodemailer's pool out.
// `node nodemailer_sender.cjs MODULE PORT CONNECTIONS LIST TEXT HTML`
const fs = require("node:fs");
const [module_, port, connections, list, ...bodies] = process.argv.slice(2);
const nodemailer = require(module_);

const [head, ...rows] = fs.readFileSync(list, "utf8").trimEnd().split("\n").map((line) => line.split(","));
const [text, html] = bodies.map((path) => fs.readFileSync(path, "utf8"));
const fill = (body, row) => head.reduce((body, name, at) => body.replaceAll(`{{${name}}}`, row[at]), body);

const pool = nodemailer.createTransport({
    pool: true, host: "127.0.0.1", port: Number(port), secure: false, ignoreTLS: true,
    maxConnections: Number(connections), maxMessages: Infinity,
});

async function send(from) {
    for (let at = from; at < rows.length; at += Number(connections)) {
        const row = rows[at];
        await pool.sendMail({
            from: "The Tidewater Review <review@tidewater.example.org>",
            to: { name: row[1], address: row[0] },
            subject: "First frost",
            messageId: `<${at}@tidewater.example.org>`,
            headers: { "List-Unsubscribe": fill("<https://tidewater.example.org/unsubscribe/{{token}}>", row) },
            text: fill(text, row),
            html: fill(html, row),
        });
    }
}

Promise.all(Array.from({ length: Number(connections) }, (_, from) => send(from))).then(
    () => pool.close(),
    (error) => { console.error(error); process.exit(1); },
);
