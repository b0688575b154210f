package dev.lora4j.vision.data;

import dev.lora4j.diffusion.dataset.image.PixelMap;

/**
 * A picture of a known class.
 *
 * @param name of its file, for messages
 * @param digest SHA-256 of its file, in hexadecimal
 * @param pixels resized for the model, before a part is cut out
 * @param label number of its class
 */
public record ClassedPicture(String name, String digest, PixelMap pixels, int label) {}
