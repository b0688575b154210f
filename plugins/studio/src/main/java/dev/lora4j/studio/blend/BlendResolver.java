package dev.lora4j.studio.blend;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.library.Tenant;
import dev.lora4j.server.model.NamedAdapter;
import dev.lora4j.server.picture.PictureService;
import dev.lora4j.studio.library.AdapterPlaces;
import java.util.ArrayList;
import java.util.List;

/** Finds what blends name: the base, adapters in the library, regions. */
final class BlendResolver {
  private final ModelCatalogue models;
  private final AdapterPlaces places;
  private final Regions regions;

  BlendResolver(ModelCatalogue models, AdapterPlaces places, Regions regions) {
    this.models = models;
    this.places = places;
    this.regions = regions;
  }

  /**
   * Finds all of it.
   *
   * @throws FieldException naming what is not here, or does not fit the base
   */
  ResolvedBlend resolve(Blend blend) {
    List<AdapterFile> files = new ArrayList<>();
    List<NamedAdapter> plain = new ArrayList<>();
    for (BlendRow row : blend.rows()) {
      AdapterFile file = places.require(row.field("name"), row.name());
      files.add(file);
      plain.add(new NamedAdapter(file.key().name(), row.weight(), row.text()));
    }
    PictureService service = service(blend.base(), plain);
    List<NamedAdapter> adapters = new ArrayList<>();
    for (int i = 0; i < plain.size(); i++) {
      BlendRow row = blend.rows().get(i);
      NamedAdapter adapter = plain.get(i).shares(row.shares(service.base().sites()));
      adapters.add(
          row.region().isEmpty()
              ? adapter
              : adapter.within(regions.require(row.field("region"), row.region())));
    }
    return new ResolvedBlend(blend, service, files, adapters);
  }

  private PictureService service(String base, List<NamedAdapter> adapters) {
    if (base.isEmpty()) {
      return models.picture(Tenant.SHARED, "", adapters).service();
    }
    List<String> names = models.pictures().stream().map(PictureService::name).toList();
    return models.pictures().stream()
        .filter(service -> service.name().equals(base))
        .findFirst()
        .orElseThrow(
            () ->
                new FieldException(
                    "base",
                    "There is no base '"
                        + base
                        + "' for pictures; there "
                        + (names.size() == 1 ? "is " : "are ")
                        + String.join(", ", names)
                        + "."));
  }
}
