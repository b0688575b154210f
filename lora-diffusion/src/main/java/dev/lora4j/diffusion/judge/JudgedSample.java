package dev.lora4j.diffusion.judge;

import dev.lora4j.diffusion.dataset.Picture;

/**
 * A picture and what it should show.
 *
 * @param concept the number of the concept, its place in {@link ConceptRetrieval#concepts}
 */
public record JudgedSample(Picture picture, int concept) {}
