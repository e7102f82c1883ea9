"""The older name of `copier_template_extensions`."""

from mintage.formats.copier.extensions import ContextHook, TemplateExtensionLoader

__all__ = ["ContextHook", "TemplateExtensionLoader"]
