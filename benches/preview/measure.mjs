// A running preview in, the milliseconds from a save to the painted change out.
//
// node measure.mjs CHROMIUM ADDRESS PUBLICATION ROUNDS

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Browser } from "../../tests/tools/browser.mjs";

const [chromium, address, folder, rounds] = process.argv.slice(2);
const issues = readdirSync(join(folder, "issues")).sort();
const issue = join(folder, "issues", issues.at(-1));
const before = readFileSync(issue, "utf8");

// Resolves with the time at which a frame was painted that has these words in the letter: a frame
// is asked for when they are there, and the next one says that it has been painted.
const painted = (words) => `new Promise((done) => {
    const look = () => {
        const letter = document.querySelector("iframe:not(.coming)")?.contentDocument;
        if (letter?.body?.textContent.includes(${JSON.stringify(words)})) {
            requestAnimationFrame(() => done(performance.timeOrigin + performance.now()));
        } else {
            requestAnimationFrame(look);
        }
    };
    look();
})`;

const browser = await Browser.start(chromium);
const times = [];
try {
    const page = await browser.served();
    await page.look("light", 1400, 900);
    await page.go(address);
    for (let round = 1; round <= Number(rounds); round += 1) {
        const words = `change-${round}.`;
        const seen = page.evaluate(painted(words));
        await new Promise((done) => setTimeout(done, 50)); // the page is idle when it begins
        const saved = performance.timeOrigin + performance.now();
        writeFileSync(issue, before.replace(/lede = """\n/, (lede) => `${lede}${words} `));
        times.push((await seen) - saved);
    }
} finally {
    await browser.stop();
}
times.sort((a, b) => a - b);
const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
console.log(`${times.length} saves: median ${at(0.5)} ms, least ${at(0)}, 95th percentile ${at(0.95)}, most ${at(1)}`);
