// A page in, pictures of it as a reader sees it on a desk, on a telephone and by night out; or in
// the looks that are named.
//
// node shoot.mjs CHROMIUM PAGE|URL NAME [LOOK:light|dark:WIDTH:HEIGHT...]

import { writeFileSync } from "node:fs";
import { Browser } from "./browser.mjs";

const LOOKS = [
    ["desktop", "light", 800, 1200],
    ["telephone", "light", 360, 760],
    ["dark", "dark", 800, 1200],
];

const [chromium, file, name, ...looks] = process.argv.slice(2);
const asked = looks.map((look) => look.split(":"));
const chosen = asked.map(([look, scheme, ...size]) => [look, scheme, ...size.map(Number)]);
const browser = await Browser.start(chromium);
try {
    const served = file.startsWith("http:");
    const page = served ? await browser.served() : await browser.page();
    for (const [look, scheme, width, height] of chosen.length > 0 ? chosen : LOOKS) {
        await page.look(scheme, width, height);
        await (served ? page.go(file) : page.open(file));
        const { data } = await page.ask("Page.captureScreenshot", { format: "png" });
        writeFileSync(`${name}-${look}.png`, Buffer.from(data, "base64"));
    }
} finally {
    await browser.stop();
}
