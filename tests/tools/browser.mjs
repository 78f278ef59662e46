// A headless Chromium in, pages that load, look and answer as they are told out.
//
// It speaks the DevTools protocol over a pair of pipes, so that there is no port and no driver
// program between. Of a page that is a file nothing is fetched from a network: a picture is the file
// at its path beside the page, whatever host its URL names. A page that a server has is asked for
// there, and what else it asks for is kept in `asked`.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";

// How long a browser may take for all its pages, and for one of them, in milliseconds: longer than
// it takes with the machine busy, shorter than a request that hangs.
const PATIENCE = 180_000;
const PATIENCE_FOR_ONE = 15_000;
const MEDIA_TYPES = { ".gif": "image/gif", ".jpg": "image/jpeg", ".png": "image/png" };

export class Browser {
    static async start(program) {
        const browser = new Browser();
        browser.profile = await mkdtemp(join(tmpdir(), "newsletter-chromium-"));
        const options = [
            "--headless=new",
            "--remote-debugging-pipe",
            "--no-sandbox", // A root without one is what the tests often run as.
            "--no-first-run",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-extensions",
            "--force-color-profile=srgb",
            "--hide-scrollbars",
            `--user-data-dir=${browser.profile}`,
        ];
        const stdio = ["ignore", "ignore", "pipe", "pipe", "pipe"];
        browser.child = spawn(program, options, { stdio });
        browser.waiting = new Map();
        browser.listeners = new Map();
        browser.last = 0;
        let said = "";
        browser.child.stdio[2].setEncoding("utf8").on("data", (text) => (said += text));
        browser.ended = new Promise((resolve) => browser.child.once("close", resolve));
        browser.ended.then(() => browser.waiting.forEach(({ reject }) => reject(new Error(said))));
        browser.patience = setTimeout(() => browser.child.kill(), PATIENCE);
        let rest = "";
        browser.child.stdio[4].setEncoding("utf8").on("data", (text) => {
            const messages = (rest + text).split("\0");
            rest = messages.pop();
            messages.forEach((message) => browser.receive(JSON.parse(message)));
        });
        return browser;
    }

    receive({ id, method, params, result, error, sessionId }) {
        if (id === undefined) {
            this.listeners.get(`${sessionId} ${method}`)?.(params);
            return;
        }
        const { resolve, reject, asked } = this.waiting.get(id);
        this.waiting.delete(id);
        error ? reject(new Error(`${asked}: ${error.message}`)) : resolve(result);
    }

    ask(method, params = {}, sessionId = undefined) {
        const id = ++this.last;
        this.child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
        return new Promise((resolve, reject) => {
            this.waiting.set(id, { resolve, reject, asked: method });
        });
    }

    async page() {
        const { targetId } = await this.ask("Target.createTarget", { url: "about:blank" });
        const { sessionId } = await this.ask("Target.attachToTarget", { targetId, flatten: true });
        const page = new Page(this, sessionId);
        await page.ask("Page.enable");
        await page.ask("Fetch.enable", { patterns: [{ urlPattern: "http*" }] });
        page.on("Fetch.requestPaused", (request) => page.answer(request));
        return page;
    }

    // A page that servers are asked for.
    async served() {
        const page = await this.page();
        const asked = new Map();
        page.asked = () => [...asked.values()];
        page.on("Network.requestWillBeSent", (sent) => asked.set(sent.requestId, sent.request.url));
        // What the page's own policy stops is not sent.
        page.on("Network.loadingFailed", ({ requestId, blockedReason }) => {
            if (blockedReason === "csp") {
                asked.delete(requestId);
            }
        });
        await page.ask("Fetch.disable");
        await page.ask("Network.enable");
        await page.ask("Emulation.setFocusEmulationEnabled", { enabled: true });
        return page;
    }

    async stop() {
        if (this.child.exitCode === null) {
            await this.ask("Browser.close");
        }
        await this.ended;
        clearTimeout(this.patience);
        await rm(this.profile, { recursive: true, force: true, maxRetries: 10 });
    }
}

class Page {
    constructor(browser, session) {
        this.browser = browser;
        this.session = session;
    }

    ask(method, params) {
        return this.browser.ask(method, params, this.session);
    }

    on(method, listener) {
        this.browser.listeners.set(`${this.session} ${method}`, listener);
    }

    async answer({ requestId, request }) {
        const path = decodeURIComponent(new URL(request.url).pathname);
        const file = join(this.folder, path);
        try {
            const body = (await readFile(file)).toString("base64");
            const type = { name: "Content-Type", value: MEDIA_TYPES[extname(file)] };
            const response = { responseCode: 200, responseHeaders: [type], body };
            await this.ask("Fetch.fulfillRequest", { requestId, ...response });
        } catch {
            await this.ask("Fetch.failRequest", { requestId, errorReason: "Failed" });
        }
    }

    async open(file) {
        this.folder = dirname(file);
        await this.go(pathToFileURL(file).href);
    }

    loaded(what) {
        return new Promise((resolve, reject) => {
            const late = () => reject(new Error(`it does not load: ${what}`));
            const timer = setTimeout(late, PATIENCE_FOR_ONE);
            this.on("Page.loadEventFired", () => {
                clearTimeout(timer);
                resolve();
            });
        });
    }

    async go(url) {
        const loaded = this.loaded(url);
        const { errorText } = await this.ask("Page.navigate", { url });
        if (errorText) {
            throw new Error(`${url}: ${errorText}`);
        }
        await loaded;
    }

    // Does something that leads to another page, and waits until that is there.
    async leave(does) {
        const loaded = this.loaded("the next page");
        await does();
        await loaded;
    }

    // Waits until an expression is true.
    async until(expression) {
        for (let tries = 0; tries < 400; tries += 1) {
            if (await this.evaluate(expression)) {
                return;
            }
            await new Promise((resolve) => setTimeout(resolve, 25));
        }
        throw new Error(`it never came true: ${expression}`);
    }

    async press(key) {
        const codes = { Tab: 9, Enter: 13, ArrowDown: 40, Space: 32 };
        const text = { Enter: "\r", Space: " " }[key];
        const event = { key: key === "Space" ? " " : key, code: key, windowsVirtualKeyCode: codes[key] };
        await this.ask("Input.dispatchKeyEvent", { type: "keyDown", text, ...event });
        await this.ask("Input.dispatchKeyEvent", { type: "keyUp", ...event });
    }

    // Presses Tab until an element has the focus; a person has no other way without a mouse.
    async tab(selector) {
        for (let tries = 0; tries < 120; tries += 1) {
            await this.press("Tab");
            if (await this.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)) {
                return;
            }
        }
        throw new Error(`Tab never comes to ${selector}`);
    }

    type(text) {
        return this.ask("Input.insertText", { text });
    }

    async look(scheme, width, height) {
        const features = [{ name: "prefers-color-scheme", value: scheme }];
        await this.ask("Emulation.setEmulatedMedia", { features });
        const size = { width, height, deviceScaleFactor: 1, mobile: false };
        await this.ask("Emulation.setDeviceMetricsOverride", size);
    }

    async evaluate(expression) {
        const order = { expression, awaitPromise: true, returnByValue: true };
        const { result, exceptionDetails } = await this.ask("Runtime.evaluate", order);
        if (exceptionDetails) {
            throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
        }
        return result.value;
    }
}
