package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The model as it is before a step.
 *
 * @param adapters makes its adapters
 * @param beside gives a weight that is trained beside them, by its name
 */
record TrainedModel(Supplier<MixPlan> adapters, Function<String, HostTensor> beside) {}
