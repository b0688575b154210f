/** Sources of pictures and captions: folders, lists, and the TOML files that name them. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.diffusion.dataset.source;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
