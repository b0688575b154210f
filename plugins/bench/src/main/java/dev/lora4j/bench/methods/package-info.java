/**
 * The command {@code bench methods}: methods of adapting on the same data in the same time, each
 * with the best rate of a small sweep, scored on what no training saw.
 *
 * <p>Each training and each scoring is a command line of this program in a process of its own, and
 * what it reports is kept in a file: a table that was stopped goes on where it was.
 */
@API(status = API.Status.INTERNAL, since = "0.1")
@NullMarked
package dev.lora4j.bench.methods;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
