package dev.lora4j.core.format;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The layers of a model as they are listed, each under its canonical and its native name. A list
 * and its parts ({@link #at}) collect into the same place.
 *
 * <p>Names are relative to the part. Where one name is given, it is the name in both layouts.
 */
public final class LayerList {
  private final List<Site> sites;
  private final List<NativeName> natives;
  private final String canonical;
  private final String original;

  private LayerList(List<Site> sites, List<NativeName> natives, String canonical, String original) {
    this.sites = sites;
    this.natives = natives;
    this.canonical = canonical;
    this.original = original;
  }

  /** An empty list, which is the whole of a family. */
  public static LayerList empty() {
    return new LayerList(new ArrayList<>(), new ArrayList<>(), "", "");
  }

  /** The family that has the layers listed so far. */
  public Family family(String name, String title) {
    return new Family(name, title, new SiteCatalogue(sites), natives);
  }

  /** Native names of those layers that a base has. */
  public List<NativeName> natives(SiteCatalogue base) {
    return natives.stream().filter(name -> base.find(name.site()).isPresent()).toList();
  }

  /** A part that is called differently in the two layouts. */
  public LayerList at(String name, String nativeName) {
    return new LayerList(sites, natives, canonical + name + ".", original + nativeName + ".");
  }

  /** A part of one name. */
  public LayerList at(String name) {
    return at(name, name);
  }

  /** A linear layer with bias. */
  public void linear(String name, String nativeName, long out, long in) {
    add(Site.linear(canonical + name, Shape.of(out, in), true), nativeName);
  }

  /** A linear layer with bias. */
  public void linear(String name, long out, long in) {
    linear(name, name, out, in);
  }

  /** A linear layer without bias. */
  public void unbiased(String name, long out, long in) {
    unbiased(name, name, out, in);
  }

  /** A linear layer without bias. */
  public void unbiased(String name, String nativeName, long out, long in) {
    add(Site.linear(canonical + name, Shape.of(out, in), false), nativeName);
  }

  /** A linear layer with bias whose halves (of the rows) change places between the layouts. */
  public void swapped(String name, String nativeName, long out, long in) {
    swapped(Site.linear(canonical + name, Shape.of(out, in), true), nativeName);
  }

  /** A linear layer without bias whose halves change places so. */
  public void unbiasedSwapped(String name, String nativeName, long out, long in) {
    swapped(Site.linear(canonical + name, Shape.of(out, in), false), nativeName);
  }

  private void swapped(Site site, String nativeName) {
    sites.add(site);
    natives.add(NativeName.swapped(original + nativeName, site.name()));
  }

  /** A linear layer with bias that is rows {@code from} on of a native one. */
  public void rows(String name, String nativeName, long from, long out, long in) {
    rows(Site.linear(canonical + name, Shape.of(out, in), true), nativeName, from);
  }

  /** A linear layer without bias that is rows {@code from} on of a native one. */
  public void unbiasedRows(String name, String nativeName, long from, long out, long in) {
    rows(Site.linear(canonical + name, Shape.of(out, in), false), nativeName, from);
  }

  private void rows(Site site, String nativeName, long from) {
    sites.add(site);
    natives.add(NativeName.part(original + nativeName, site.name(), from, site.weight().size(0)));
  }

  /** A square convolution with bias. */
  public void convolution(
      String name, String nativeName, long out, long in, int kernel, int stride, int padding) {
    Shape weight = Shape.of(out, in, kernel, kernel);
    add(Site.convolution(canonical + name, weight, stride, padding), nativeName);
  }

  /** A norm with scale and shift. */
  public void norm(String name, String nativeName, long channels) {
    add(Site.norm(canonical + name, channels), nativeName);
  }

  /** A norm with scale and shift. */
  public void norm(String name, long channels) {
    norm(name, name, channels);
  }

  /** A norm with a scale alone. */
  public void scale(String name, String nativeName, long channels) {
    Shape weight = Shape.of(channels);
    add(new Site(canonical + name, Site.Kind.NORM, weight, false, 1, 0, 1, 1), nativeName);
  }

  /** A table of {@code entries} rows. */
  public void embedding(String name, long entries, long width) {
    add(Site.embedding(canonical + name, entries, width), name);
  }

  private void add(Site site, String nativeName) {
    sites.add(site);
    natives.add(NativeName.of(original + nativeName, site.name()));
  }
}
