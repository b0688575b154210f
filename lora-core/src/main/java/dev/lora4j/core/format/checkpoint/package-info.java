/** Base models as they lie in files: which layers they have, and where the weight of each lies. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.format.checkpoint;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
