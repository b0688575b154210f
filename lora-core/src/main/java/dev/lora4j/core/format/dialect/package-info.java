/** Dialects: one class for each spelling of layers and roles in keys. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.core.format.dialect;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
