/** The families of base models: their layers, made from the sizes of their networks. */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.format.family;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
