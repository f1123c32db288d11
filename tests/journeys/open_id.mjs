// A certified OpenID provider on one port: node open_id.mjs FOLDER PORT REDIRECT PEOPLE
// FOLDER holds node_modules; PEOPLE is JSON: what somebody types as their login → what is said of them.
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [folder, port, redirect, people] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(join(folder, "node_modules/oidc-provider/lib/index.js")).href);
const known = JSON.parse(people);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "press-zero", client_secret: "a secret of some length", redirect_uris: [redirect] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  findAccount: (_, login) => known[login] && { accountId: login, claims: () => ({ sub: login, ...known[login] }) },
  cookies: { keys: ["of this run alone"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
