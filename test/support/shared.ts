/** Where the large recordings are: beside the checkout, or nowhere. */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const beside: string = fileURLToPath(new URL("../../../shared", import.meta.url));

/** The folder that holds `recordings`, undefined where a checkout stands alone. */
export const shared: string | undefined = existsSync(`${beside}/recordings`) ? beside : undefined;
