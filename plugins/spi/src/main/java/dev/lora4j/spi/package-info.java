/**
 * How others extend this library: extensions by point and name, their settings, and the jars that
 * bring them. Knows no point itself.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.spi;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
