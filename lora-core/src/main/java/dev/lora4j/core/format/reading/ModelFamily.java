package dev.lora4j.core.format.reading;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import java.util.List;

/** The layers of a loaded base with all their names. */
public final class ModelFamily {
  private ModelFamily() {}

  /**
   * Family of these layers, with the native names of the family that has them all; if there is
   * none, with those of a family of the same structure.
   *
   * @param title what to call the base
   */
  public static Family of(String title, SiteCatalogue sites) {
    return Families.all().stream()
        .filter(family -> sites.all().stream().allMatch(site -> has(family, site)))
        .findFirst()
        .map(family -> new Family(family.name(), title, sites, natives(family, sites)))
        .orElseGet(() -> new Family("", title, sites, Families.natives(sites)));
  }

  private static boolean has(Family family, Site site) {
    return family
        .sites()
        .find(site.name())
        .filter(s -> s.weight().equals(site.weight()))
        .isPresent();
  }

  private static List<NativeName> natives(Family family, SiteCatalogue sites) {
    return family.natives().stream().filter(n -> sites.find(n.site()).isPresent()).toList();
  }
}
