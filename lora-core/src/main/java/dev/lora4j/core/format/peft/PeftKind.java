package dev.lora4j.core.format.peft;

import com.google.gson.JsonObject;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.SiteCatalogue;
import java.util.List;

/** PEFT type of adapters: the factors that it admits, and its configuration. */
interface PeftKind {
  /** PEFT's name of the type. */
  String type();

  /** Returns true if factors may be part of such an adapter. */
  boolean takes(Factors factors);

  /**
   * The fields of the configuration that are its own.
   *
   * @param sites all layers, of one model
   * @throws dev.lora4j.core.adapter.AdapterException if one configuration cannot say what they are
   */
  JsonObject fields(List<PeftSite> sites, SiteCatalogue base);
}
