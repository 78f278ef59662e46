// The address of a preview in, what is wrong with it in a browser as JSON out: one act at a time.
//
// node preview.mjs CHROMIUM ACT ADDRESS PUBLICATION AXE.JS

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { Browser } from "./browser.mjs";

const [chromium, act, address, folder, axe] = process.argv.slice(2);
const issue = join(folder, "issues/2026-11-20-first-frost.toml");
const faults = [];
const expect = (is, what) => is || faults.push(what);

const text = (selector) => `(document.querySelector(${JSON.stringify(selector)})?.textContent ?? "")`;
const LETTER = "document.querySelector('iframe').contentDocument";
const words = `(${LETTER}?.body?.textContent ?? "").replaceAll(/\\s+/g, " ")`;
const said = (part) => `${words}.includes(${JSON.stringify(part)})`;
const looked = (selector, property) =>
    `getComputedStyle(${LETTER}.querySelector(${JSON.stringify(selector)})).${property}`;

function edit(from, to) {
    const before = readFileSync(issue, "utf8");
    if (!before.includes(from)) {
        throw new Error(`the issue does not say ${from}`);
    }
    writeFileSync(issue, before.replace(from, to));
}

// As editors do that write another file and put it in the place of the old one.
function editAside(from, to) {
    const aside = `${issue}.new`;
    writeFileSync(aside, readFileSync(issue, "utf8").replace(from, to));
    renameSync(aside, issue);
}

const acts = {
    // Every view of a letter, for every reader; nothing is asked of anybody but the preview.
    async views(page) {
        await page.go(address);
        await page.until(`${said("Dear Carys")} && ${text("#state")} === "Up to date"`);
        expect(await page.evaluate(said("tarpaulin")), "the letter is not there");
        expect(!(await page.evaluate(said("load tables"))), "everyone gets what is for members");
        const pictures = `[...${LETTER}.images].filter((i) => !i.naturalWidth).map((i) => i.src)`;
        expect((await page.evaluate(pictures)).length === 0, "a picture is not shown by day");
        const day = await page.evaluate(looked(".paper", "backgroundColor"));
        await page.go(`${address}?view=phone`);
        const width = await page.evaluate(`${LETTER}.documentElement.clientWidth`);
        expect(width > 360 && width <= 390, `the telephone is ${width} wide`);
        await page.go(`${address}?view=dark`);
        const night = await page.evaluate(looked(".paper", "backgroundColor"));
        expect(day === "rgb(255, 254, 251)" && night === "rgb(25, 28, 31)", `by day ${day}, by night ${night}`);
        await page.go(`${address}?view=images-off`);
        expect((await page.evaluate(pictures)).length === 2, "pictures are shown that are off");
        await page.go(`${address}?view=text`);
        expect((await page.evaluate(text("#text pre"))).includes("Dear Carys, at ten past six"), "no plain text");
        await page.go(`${address}?view=source`);
        expect((await page.evaluate(text("#source pre"))).includes("multipart/alternative"), "no source");
        await page.go(`${address}?view=headers`);
        const headers = await page.evaluate(text("#headers pre"));
        expect(/^Subject: First frost/m.test(headers) && !headers.includes("<html"), `headers: ${headers}`);
        await page.go(`${address}?view=desktop,phone,text`);
        expect((await page.evaluate("document.querySelectorAll('.pane').length")) === 3, "not side by side");
        // Readers: of an edition, of the list, of nobody; and one who is not there.
        await page.go(`${address}?edition=members`);
        expect(await page.evaluate(said("load tables")), "members do not get what is for members");
        await page.go(`${address}?reader=ada.dunmore@example.com`);
        expect(await page.evaluate(said("Dear Ada")), "the letter is not Ada's");
        await page.go(`${address}?reader=`);
        expect(await page.evaluate(said("Dear reader")), "nobody's letter has a name");
        await page.go(`${address}?reader=nobody@example.org`);
        expect((await page.evaluate(text("#readers"))).includes("is not on the list"), "a stranger is known");
        await page.go(`${address}?issue=2026-11-06-the-dredging-bill`);
        expect((await page.evaluate(text("h1"))) === "The dredging bill", "another issue is not shown");
        const foreign = page.asked().filter((url) => !url.startsWith(address) && !url.startsWith("data:"));
        expect(foreign.length === 0, `asked elsewhere: ${foreign}`);
    },

    // A file is saved, broken and mended: the page follows, and nobody loses the place.
    async live(page) {
        await page.go(address);
        await page.until(said("tarpaulin"));
        await page.evaluate("window.same = true");
        await page.evaluate(`${LETTER}.scrollingElement.scrollTo(0, 700)`);
        const place = `Math.round(${LETTER}.scrollingElement.scrollTop)`;
        edit("under a tarpaulin", "under a blue tarpaulin");
        await page.until(said("blue tarpaulin"));
        expect((await page.evaluate(place)) === 700, "the place is lost");
        editAside("blue tarpaulin", "green tarpaulin");
        await page.until(said("green tarpaulin"));
        expect((await page.evaluate(place)) === 700, "the place is lost when a file is replaced");
        edit('kicker  = "Read on"', 'kiker  = "Read on"');
        await page.until(`${text("#state")}.startsWith("Errors")`);
        const findings = await page.evaluate(text("#findings"));
        expect(findings.includes("did you mean `kicker`?"), `what is wrong is not said: ${findings}`);
        expect(await page.evaluate(said("green tarpaulin")), "the last good version is gone");
        const link = await page.evaluate("document.querySelector('.findings .error a').href");
        edit('kiker  = "Read on"', 'kicker  = "Read on"');
        await page.until(`${text("#state")} === "Up to date"`);
        expect((await page.evaluate(place)) === 700, "the place is lost when a file is mended");
        // A date that is half typed makes another issue the newest, and that is not what is written.
        edit("date      = 2026-11-20", "date      = 2026-11-");
        await page.until(`${text("#state")}.startsWith("Errors")`);
        expect(await page.evaluate(said("green tarpaulin")), "the page has gone to another issue");
        edit("date      = 2026-11-", "date      = 2026-11-20");
        await page.until(`${text("#state")} === "Up to date"`);
        // What became of a test stays, and a connection that is lost is found again.
        await page.evaluate("document.getElementById('sent').textContent = 'Sent.'; 0");
        const network = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
        await page.ask("Network.emulateNetworkConditions", { offline: true, ...network });
        await page.evaluate("window.dispatchEvent(new Event('pagehide')); 0");
        await page.evaluate("window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true })); 0");
        await page.until(`${text("#state")} === "The preview does not answer"`);
        await page.ask("Network.emulateNetworkConditions", { offline: false, ...network });
        await page.until(`${text("#state")} === "Up to date"`);
        expect((await page.evaluate(text("#sent"))) === "Sent.", "what became of a test is gone");
        const settings = join(folder, "newsletter.toml");
        const before = readFileSync(settings, "utf8");
        writeFileSync(settings, before.replace("[sender]", "[sendr]"));
        await page.until(`${text("#state")}.startsWith("Errors")`);
        expect(await page.evaluate(said("green tarpaulin")), "broken settings take the letter away");
        writeFileSync(settings, before.replace("Rivers, ports", "Rivers, harbours"));
        await page.until(said("Rivers, harbours"));
        const served = readFileSync(settings, "utf8");
        expect(await page.evaluate("!!document.getElementById('test')"), "no form for tests");
        writeFileSync(settings, served.slice(0, served.indexOf("[smtp]")));
        await page.until("!document.getElementById('test')");
        writeFileSync(settings, served);
        await page.until("!!document.getElementById('test')");
        const list = join(folder, "subscribers.csv");
        writeFileSync(list, readFileSync(list, "utf8").replaceAll("Carys", "Carwyn"));
        await page.until(said("Dear Carwyn"));
        const theme = join(folder, "templates/broadsheet/theme.toml");
        writeFileSync(theme, readFileSync(theme, "utf8").replace("#fffefb", "#fffffe"));
        await page.until(`${looked(".paper", "backgroundColor")} === "rgb(255, 255, 254)"`);
        const picture = join(folder, "images/quay.jpg");
        const shown = `${LETTER}.querySelector("img").naturalWidth`;
        const wide = await page.evaluate(shown);
        writeFileSync(picture, readFileSync(join(folder, "images/mark.png")));
        await page.until(`${shown} !== ${wide} && ${shown} > 0`);
        expect(await page.evaluate("window.same"), "the page was loaded again");
        await page.go(link);
        expect((await page.evaluate("location.hash")).startsWith("#L"), "a place is not a line");
        expect((await page.evaluate(text("li:target"))).includes("kicker"), "the link leads elsewhere");
    },

    // Whoever has no mouse gets everywhere.
    async keyboard(page) {
        await page.go(address);
        await page.until(said("tarpaulin"));
        await page.press("Tab");
        expect(await page.evaluate("document.activeElement.matches('.skip')"), "Tab does not begin with the way past");
        await page.leave(async () => {
            await page.tab('[accesskey="2"]');
            await page.press("Enter");
        });
        expect(await page.evaluate("!!document.querySelector('#phone')"), "no view by keyboard");
        await page.leave(async () => {
            await page.tab('.beside[aria-label="Show beside: Plain text"]');
            await page.press("Enter");
        });
        expect((await page.evaluate("document.querySelectorAll('.pane').length")) === 2, "no second view by keyboard");
        await page.tab("iframe");
        await page.tab("#text pre");
        await page.leave(async () => {
            await page.tab('.choices a[href*="edition=members"]');
            await page.press("Enter");
        });
        expect(await page.evaluate(said("load tables")), "no edition by keyboard");
        await page.leave(async () => {
            await page.tab("#reader");
            await page.type("ada.dunmore@example.com");
            await page.until("document.querySelectorAll('#known option').length === 1");
            await page.press("Enter");
        });
        expect(await page.evaluate(said("Dear Ada")), "no reader by keyboard");
        await page.leave(async () => {
            await page.tab("#issues a:not([aria-current])");
            await page.press("Enter");
        });
        expect((await page.evaluate(text("h1"))) !== "First frost", "no other issue by keyboard");
        // What somebody types outlasts a change, also of what stands around it.
        await page.go(address);
        await page.tab("#reader");
        await page.type("someone@example");
        const list = join(folder, "subscribers.csv");
        writeFileSync(list, `${readFileSync(list, "utf8")}one.more@example.org,One,More,Averley,river,\n`);
        await page.until(`${text("#readers")}.includes("23 readers")`);
        const typing = "document.activeElement.id + ' ' + document.activeElement.value";
        expect((await page.evaluate(typing)) === "reader someone@example", "what is typed is lost");
    },

    // axe finds nothing: by day, by night and narrow, in every view, where all is well and where not.
    async axe(page) {
        const source = `${readFileSync(axe, "utf8")};0`;
        const look = async (path, state) => {
            await page.go(address + path);
            await page.until(`${text("#state")}.startsWith(${JSON.stringify(state)})`);
            await judge(page, source, path);
        };
        for (const path of ["", "?view=desktop,text,headers", "?view=phone&reader=nobody@example.org"]) {
            await look(path, "Up to date");
        }
        edit('kicker  = "Read on"', 'kiker  = "Read on"');
        await look("", "Errors");
        await page.go(await page.evaluate("document.querySelector('.findings a').href"));
        await judge(page, source, "a file");
        await page.go(`${address}leaving`);
        await judge(page, source, "the link to unsubscribe");
    },

    // A page of another site gets nothing out of the preview, be it on this machine or elsewhere.
    async stranger(page) {
        const server = createServer((_, answer) => answer.end("<!doctype html><title>x</title>"));
        await new Promise((done) => server.listen(0, "127.0.0.1", done));
        const { port } = server.address();
        for (const host of ["127.0.0.1", "localhost"]) {
            await page.go(`http://${host}:${port}/`);
            const tried = await page.evaluate(`(${attack})(${JSON.stringify(address)})`);
            const got = tried.filter((answer) => answer !== "refused");
            expect(tried.length === 6 && got.length === 0, `a page of ${host} gets: ${tried}`);
        }
        await new Promise((done) => server.close(done) && server.closeAllConnections());
    },

    // A letter that wants to run something, or to fetch it, does neither.
    async hostile(page) {
        await page.go(address);
        await page.until(said("a hostile letter"));
        for (const link of ["script", "void", "data", "form"]) {
            await page.evaluate(`${LETTER}.getElementById("${link}").click()`);
        }
        await page.evaluate("new Promise((done) => setTimeout(done, 300))"); // longer than a refresh
        expect(await page.evaluate(said("a hostile letter")), "the letter has left its frame");
        expect((await page.evaluate("location.href")) === address, "the page has left");
        const ran = "[window, document.querySelector('iframe').contentWindow].map((w) => w.ran)";
        expect(!(await page.evaluate(`${ran}.some(Boolean)`)), "something ran");
        const foreign = page.asked().filter((url) => !url.startsWith(address) && !url.startsWith("data:"));
        expect(foreign.length === 0, `asked elsewhere: ${foreign}`);
    },
};

// What a page of another site may try; runs there.
function attack(address) {
    const refused = () => "refused";
    const element = (name, src) =>
        new Promise((done) => {
            const node = Object.assign(document.createElement(name), { src });
            node.onerror = () => done("refused");
            node.onload = () => {
                try {
                    done(name === "iframe" && !node.contentDocument ? "refused" : "loaded");
                } catch {
                    done("refused");
                }
            };
            document.body.append(node);
        });
    const body = new URLSearchParams({ address: "me@example.org" });
    return Promise.all([
        fetch(address).then((answer) => answer.text(), refused),
        fetch(address, { mode: "no-cors" }).then((answer) => answer.type, refused),
        fetch(`${address}test`, { method: "POST", mode: "no-cors", body }).then((a) => a.type, refused),
        element("script", `${address}preview.js`),
        element("img", `${address}asset/images/quay.jpg`),
        element("iframe", address),
    ]);
}

async function judge(page, source, what) {
    await page.evaluate(source);
    for (const [scheme, width] of [["light", 1280], ["dark", 1280], ["light", 320]]) {
        await page.look(scheme, width, 900);
        const { violations, passes } = await page.evaluate('axe.run(document, { resultTypes: ["violations"], iframes: false })');
        for (const { id, impact, help, nodes } of violations) {
            const places = nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`);
            faults.push(`${what} (${scheme}, ${width} px): ${id}, ${impact}: ${help}\n${places.join("\n")}`);
        }
        expect(passes.length >= 10, `${what}: only ${passes.length} rules passed: axe did not look`);
        const wide = await page.evaluate("document.documentElement.scrollWidth");
        expect(wide <= width, `${what} (${width} px): it is ${wide} px wide`);
    }
}

const browser = await Browser.start(chromium);
try {
    const page = await browser.served();
    await page.look("light", 1280, 900);
    await acts[act](page);
} finally {
    await browser.stop();
}
process.stdout.write(JSON.stringify(faults));
