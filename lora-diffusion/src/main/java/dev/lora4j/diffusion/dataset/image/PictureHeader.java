package dev.lora4j.diffusion.dataset.image;

/**
 * Header of a picture file.
 *
 * @param width in pixels, as it is to be looked at
 * @param height in pixels, as it is to be looked at
 * @param orientation how the stored pixels have to be turned for that
 */
public record PictureHeader(int width, int height, Orientation orientation) {}
