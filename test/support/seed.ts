/** Properties are tried with the same values on every machine, every time; scripts/fuzz looks for new ones. */

import fc from "fast-check";

fc.configureGlobal({ seed: 20_261_127 });
