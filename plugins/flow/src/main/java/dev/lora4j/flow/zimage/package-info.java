/** The transformer of Z-Image: one stream of a text and a picture. */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.flow.zimage;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
