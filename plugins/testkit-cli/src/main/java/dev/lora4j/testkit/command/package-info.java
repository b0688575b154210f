/** What a command of the command line promises, as tests, as {@code dev.lora4j.testkit} has it. */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.testkit.command;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
