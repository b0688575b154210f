package dev.lora4j.core.train.run;

/** Where the steps of a run are computed: by itself, or by others for it. */
public sealed interface StepSource permits GradientSource, RoundSource {}
