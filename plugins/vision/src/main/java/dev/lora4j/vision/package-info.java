/** Classes of pictures by ResNets, and adapters on them. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.vision;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
