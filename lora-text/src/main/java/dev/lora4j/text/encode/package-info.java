/** Encoding of texts to vectors and classes. */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.text.encode;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
