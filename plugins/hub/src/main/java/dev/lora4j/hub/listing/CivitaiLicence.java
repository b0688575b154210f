package dev.lora4j.hub.listing;

import java.util.ArrayList;
import java.util.List;

/** The terms of a model on Civitai, which has them as switches, in words. */
final class CivitaiLicence {
  private CivitaiLicence() {}

  /** The terms that a model says; empty if it says none. */
  static String of(ApiJson model) {
    List<String> terms = new ArrayList<>();
    add(terms, model, "allowNoCredit", "no credit needed", "credit the author");
    if (model.object().has("allowCommercialUse")) {
      List<String> uses =
          model.texts("allowCommercialUse").stream().filter(u -> !u.equals("None")).toList();
      terms.add(
          uses.isEmpty() ? "no commercial use" : "commercial use: " + String.join(", ", uses));
    }
    add(terms, model, "allowDerivatives", "may be changed and shared", "no changed versions");
    add(
        terms,
        model,
        "allowDifferentLicense",
        "changed versions under any terms",
        "changed versions under the same terms");
    return String.join("; ", terms);
  }

  private static void add(List<String> terms, ApiJson model, String field, String yes, String no) {
    if (!model.text(field).isEmpty()) {
      terms.add(model.flag(field) ? yes : no);
    }
  }
}
