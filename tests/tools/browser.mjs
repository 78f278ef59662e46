// A headless Chromium in, pages that load, look and answer as they are told out.
//
// It speaks the DevTools protocol over a pair of pipes, so that there is no port and no driver
// program between. Nothing is fetched from a network: a picture is the file at its path beside the
// page, whatever host its URL names.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";

// How long a browser may take for all its pages, in milliseconds.
const PATIENCE = 180_000;
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
        const loaded = new Promise((resolve) => this.on("Page.loadEventFired", resolve));
        const { errorText } = await this.ask("Page.navigate", { url: pathToFileURL(file).href });
        if (errorText) {
            throw new Error(`${file}: ${errorText}`);
        }
        await loaded;
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
