/**
 * Training and drawing on many machines. Apache Spark places the work, does it again where a
 * machine is lost, and says when all of it is done; what changes weights stays with one process.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.spark;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
