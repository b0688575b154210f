package dev.lora4j.spring;

import org.springframework.ai.image.ImageGenerationMetadata;

/**
 * Metadata of a picture.
 *
 * @param seed of its noise
 */
public record SeedMetadata(long seed) implements ImageGenerationMetadata {}
