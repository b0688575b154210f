package dev.lora4j.core.mixer;

/**
 * A way to blend weighted adapters, an extension point. A mixer is one of three kinds; all are
 * immutable, know nothing of files and pictures, and may be used by several threads.
 *
 * <p>Implementations are records of their settings with {@link dev.lora4j.spi.Extension}.
 */
public sealed interface Mixer permits DeltaMixer, WeightMixer, OutputMixer {}
