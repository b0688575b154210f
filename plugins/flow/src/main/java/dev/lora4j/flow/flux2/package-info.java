/** The transformer and the autoencoder of FLUX.2 [klein]. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.flow.flux2;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
