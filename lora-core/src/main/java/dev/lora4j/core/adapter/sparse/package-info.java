/** Changes of single elements: residuals of an extraction, and SHiRA (Bhardwaj et al. 2024). */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.sparse;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
