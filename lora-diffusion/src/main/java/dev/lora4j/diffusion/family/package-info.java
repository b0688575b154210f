/**
 * Layers that several families of base models share. Each package below is one family, found as an
 * extension.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.family;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
