/**
 * Extension of this library by others: extensions by point and name, their settings, and the jars
 * that bring them. It knows no point itself.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.spi;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
