package dev.lora4j.studio.evaluation;

import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.server.catalogue.ModelCatalogue;
import java.util.List;

/** The styles that the bundled judges know. They are for pictures of the bundled base. */
public final class JudgedStyles {
  private JudgedStyles() {}

  /** Their names; none where the bundled base is not served. */
  public static List<String> of(ModelCatalogue models) {
    boolean bundled =
        models.pictures().stream()
            .anyMatch(service -> service.base().base().path().equals(BundledModel.folder()));
    return bundled ? List.of("ink", "glossy", "pixel") : List.of();
  }
}
