/**
 * The command {@code bench}: ours and a peer's time for the same work, measured in turns.
 *
 * <p>A {@link dev.lora4j.bench.Benchmark} is found as a service and consists of {@linkplain
 * dev.lora4j.bench.Case cases}. A case usually brings {@linkplain dev.lora4j.bench.Contender
 * contenders} together in a {@link dev.lora4j.bench.Race}, which first checks that they compute the
 * same and then measures them in turns.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.bench;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
