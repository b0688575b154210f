/** OFT (Qiu et al. 2023): weights rotated in blocks. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.adapter.oft;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
