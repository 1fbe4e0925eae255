from django.urls import reverse


def form_of(client, pk=None, model="statuscode"):
    """The address of an admin form, and its fields as a browser would send them back."""
    name = f"admin:codes_{model}_{'change' if pk is not None else 'add'}"
    path = reverse(name, args=[pk] if pk is not None else [])
    page = client.get(path)
    forms = [page.context["adminform"].form]
    for formset in page.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.forms]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = value
    return path, data
