package dev.lora4j.core.train.adapter;

import dev.lora4j.core.nn.Site;

/**
 * A trained tensor, with its name for rates and reports.
 *
 * @param name in the flat buffer: the site's name, a dot, and the part
 * @param site the layer that it is for
 * @param part what it is there, for example {@code up}; LoRA+ has a rate of its own for that
 * @param elements how many numbers it has
 */
public record AdapterParameter(String name, Site site, String part, long elements) {
  /** The network that the layer is in, for example {@code unet} or {@code text_encoder}. */
  public String network() {
    return site.name().substring(0, site.name().indexOf('.'));
  }
}
