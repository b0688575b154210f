/** Picture files as bytes of colour: reading them whole, turning, resizing, cropping. */
@NullMarked
package dev.lora4j.diffusion.dataset.image;

import org.jspecify.annotations.NullMarked;
